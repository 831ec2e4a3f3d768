"""Every change of the tables, oldest first. Forward only; CONTRIBUTING says how to add one."""
