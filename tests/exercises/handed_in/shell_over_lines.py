# A shell command is continued, another one gives a list of names.
# %% set-up
!echo one \
    two \
    three
files = !ls
