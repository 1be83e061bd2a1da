"""The shell: command line, configuration, runs, reports, schedule. Clock, printing and exit codes live here."""
