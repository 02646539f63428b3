# cmake -D FILE=... -D SHA512=... -P check_sum.cmake: fails unless the file has this sum.
file(SHA512 ${FILE} sum)
if(NOT sum STREQUAL SHA512)
  file(REMOVE ${FILE})
  message(FATAL_ERROR "${FILE} has the SHA-512 ${sum}, not ${SHA512}")
endif()
