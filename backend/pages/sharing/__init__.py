"""Personal information on its way to others: consents, requests and approvals, what left, who may know."""
