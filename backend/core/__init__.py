"""The platform under the domains: database, errors, HTTP, time, live events. No business words."""
