"""When a number may be texted: the hours of the law, by wall clocks where the number may be."""
