"""The dump as a whole: tasks, VMAs, files, credentials, namespaces and id maps, as its images say.

Nothing here decides what a restore does, and no page is looked for.
"""
