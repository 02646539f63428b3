# By its id. The secret is not known then: it is shown once.
terraform import gochron_api_token.ci tok_01jd9e6h6gf4g8w1q6v5q8z3ab
