variable "name" {
  description = "Of the service."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9-]{1,50}$", var.name))
    error_message = "Lower-case letters, digits and dashes: it becomes part of keys and tags."
  }
}

variable "urls" {
  description = "What is watched, by a short name."
  type        = map(string)
}

variable "tier" {
  description = "1: somebody is woken. 2 and 3: not."
  type        = number
  default     = 2

  validation {
    condition     = contains([1, 2, 3], var.tier)
    error_message = "1, 2 or 3."
  }
}

variable "channel_ids" {
  description = "Who is told, in this order."
  type        = list(string)
  default     = []
}
