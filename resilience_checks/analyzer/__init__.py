"""The check inside `pulumi preview` and `pulumi up`: the Analyzer protocol of the Pulumi engine, beside the command line."""
