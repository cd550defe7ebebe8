"""Telling other systems that something happened: signed, at least once, without a word of the case.

A step whose workflow names a webhook leaves an effect; it becomes one delivery for each subscription, and
each delivery is an effect of its own that is tried again until the receiver answers 2xx or its attempts are
used up. Headers and signature are those of Standard Webhooks (standardwebhooks.com), so that receivers can
use any of its libraries.
"""
