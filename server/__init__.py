"""The doors: pages, peers, mail, command line, worker."""
