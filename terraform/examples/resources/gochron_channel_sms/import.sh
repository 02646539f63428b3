# By its key, or by its id.
terraform import gochron_channel_sms.ada ada.sms
