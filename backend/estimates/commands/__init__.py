"""What can be done with estimates: `versions` that are shown, `answering` them, `questions`; the `evidence` of it, how a visit's is `standing`.

Whoever changes a job holds its appointment's row, and so does whoever answers: an approval is of what stands, or refused.
"""
