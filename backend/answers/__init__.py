"""Forms: what is asked, in which words, and whether the answers are right.

A form is one YAML file under forms/questions: standard JSON Schema 2020-12 with a few annotations. `load`
reads and checks them; a `Form` validates answers, reads an HTML post, says which questions apply, and splits
answers by data category. `render` and `display` draw them. Only this package and `definitions` import
jsonschema_rs.
"""
