import {
  to = gochron_api_token.ci
  id = "tok_01jd9e6h6gf4g8w1q6v5q8z3ab"
}
