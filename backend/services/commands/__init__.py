"""What can be done with a visit's work: `jobs`, their `lines`, and `decisions` on them; all stand on a locked `visit`."""
