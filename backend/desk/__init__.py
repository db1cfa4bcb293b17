"""What is done about a text that was accepted: taken back, let go by a person, tried again, judged anew."""
