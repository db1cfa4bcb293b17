"""Finding customers by name (typing errors allowed), phone, email, plate or VIN; one statement that only reads."""
