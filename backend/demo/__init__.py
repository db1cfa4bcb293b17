"""The demo shop: two locations, their people, cars and eighteen months of work, the same for the same instant."""
