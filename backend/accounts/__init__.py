"""Staff users, sign-in and what each role may do. A session is a row: ending it ends access at the next request."""
