data "gochron_schedule_override" "conference" {
  of_schedule_id = var.schedule_id
  id             = var.override_id
}

variable "schedule_id" {
  type = string
}

variable "override_id" {
  type = string
}
