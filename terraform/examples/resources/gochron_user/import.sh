# By its id: `gochron_user` as a data source finds it by the e-mail address.
terraform import gochron_user.ada usr_01jd9e6h6gf4g8w1q6v5q8z3ab
