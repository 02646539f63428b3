import {
  to = gochron_user.ada
  id = "usr_01jd9e6h6gf4g8w1q6v5q8z3ab"
}
