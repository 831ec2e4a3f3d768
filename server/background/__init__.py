"""What goes on while nobody waits: mails, reminders, log lines, the process of the inbox, whether all is well."""
