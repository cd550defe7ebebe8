"""The phone in the street: whom a commissioner or volunteer watches, and what they record there, with or
without a network.
"""
