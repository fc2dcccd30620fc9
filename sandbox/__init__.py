"""Local ERP, CRM, service portal and mail catcher that speak the real protocols.

A tool for the demo and the tests: the product never imports it.
"""
