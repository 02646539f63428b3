# cmake -DOUTPUT=file.cpp -DINPUTS=a.sql;b.sql -P embed.cmake
# Writes the texts as one array of {number, slug, sql, checksum}, in the order of the file names.
set(body "")
foreach(input IN LISTS INPUTS)
  get_filename_component(stem ${input} NAME_WE)
  if(NOT stem MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)$")
    message(FATAL_ERROR "not a migration's name: ${input}")
  endif()
  set(slug ${CMAKE_MATCH_2})
  string(REGEX REPLACE "^0+" "" number ${CMAKE_MATCH_1})
  file(READ ${input} sql)
  file(SHA256 ${input} checksum)
  string(APPEND body "    {${number}, \"${slug}\", R\"sql(${sql})sql\",\n     \"${checksum}\"},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"storage/migrations/migrate.hpp\"

namespace gochron::storage {

std::span<const migration> known_migrations() {
  static constexpr migration all[] = {
${body}  };
  return all;
}

} // namespace gochron::storage
")
