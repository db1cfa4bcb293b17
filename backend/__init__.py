"""Keytag: the shop-management backend, one importable package.

The map, from the top down; a package may use what is below it, never beside or above:

    app worker dispatcher cli      entry points: the web application, the two loops, commands
    demo                           the demonstration shop
    wiring                         blueprints, event subscriptions and the schedule in three tables
    board drawer live              what people look at: status board, appointment drawer, live updates,
    search visits                  the search for customers, histories
    webhooks                       what the providers tell us
    inbox                          conversations as tasks with an owner
    notices                        texts that the shop sends by itself: stages, reminders
    messages                       the thread: what is sent, held, refused, delivered, received
    templates                      prepared texts and their variables
    consent                        who may be texted: a log per phone number
    findings                       what cars need, through their visits
    payments inspections           money taken, vehicle checks
    services                       work lines of an appointment
    appointments                   the appointment, its status and its time
    customers planning             people, with their vehicles; whose time is taken by what
    shop vehicles                  locations, bays and hours; cars, their owners and VINs
    accounts                       staff users, sign-in, roles and permissions
    audit outbox                   what happened; what must happen next
    core                           the platform, without business words
    settings                       the environment, read once

Start reading at `wiring.py`, then one domain, for instance `appointments/`.
"""
