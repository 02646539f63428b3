import {
  to = gochron_schedule_override.conference
  id = "sch_01jd9e6h6gf4g8w1q6v5q8z3ab/ovr_01jd9e6h6gf4g8w1q6v5q8z3ab"
}
