"""Printed papers: estimate, work order, invoice, receipt, statement and evidence, as PDF in the shop's brand."""
