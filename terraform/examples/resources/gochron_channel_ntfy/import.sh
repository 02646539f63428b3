# By its key, or by its id.
terraform import gochron_channel_ntfy.ada ada.ntfy
