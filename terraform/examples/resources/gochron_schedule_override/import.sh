# By the ids of the schedule and of the override.
terraform import gochron_schedule_override.conference sch_01jd9e6h6gf4g8w1q6v5q8z3ab/ovr_01jd9e6h6gf4g8w1q6v5q8z3ab
