# In Colab a package is installed first.
# %% set-up
if "google.colab" in sys.modules:
    !pip install -q dlcore
