"""One module a pane; each formats a report and routes what is selected."""
