"""The status board: columns, the order people gave the cards, moving a card."""
