"""The audit log as people read it: who did what, when and from where, and whether anybody has touched it since."""
