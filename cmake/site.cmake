# What /docs serves: docs/guides and the reference, with the renderer of the reference from npm. Sets GOCHRON_SITE to
# the C++ source that holds it all.
find_program(NODE node)
find_program(NPM npm)
if(NOT NODE OR NOT NPM)
  message(FATAL_ERROR "node and npm are missing: script/bootstrap installs them")
endif()

# Only one file of the package is used, and none of the packages that it depends on: they are inside that file.
set(renderer @scalar/api-reference)
set(renderer_version 1.72.1)
set(renderer_sha512 5e9109d2b7dcfdc5db0ab47e882e242b4a3f5b05f6753b4641b4f4e3d3a53ca0070fa20c205753786cf6afe336ecfd840d62b25084d19bf37394ff33da9c3f3b)

set(site_room ${CMAKE_SOURCE_DIR}/docs/reference)
set(site ${CMAKE_BINARY_DIR}/site)
string(REGEX REPLACE "[@/]" "-" archive "${renderer}-${renderer_version}.tgz")
string(REGEX REPLACE "^-" "" archive "${archive}")
file(MAKE_DIRECTORY ${site}/room ${site}/renderer)

add_custom_command(
  OUTPUT ${site}/renderer/package/dist/browser/standalone.js
  COMMAND ${NPM} pack --silent --pack-destination ${site}/renderer ${renderer}@${renderer_version}
  COMMAND ${CMAKE_COMMAND} -D FILE=${site}/renderer/${archive} -D SHA512=${renderer_sha512}
          -P ${CMAKE_SOURCE_DIR}/cmake/check_sum.cmake
  COMMAND ${CMAKE_COMMAND} -E chdir ${site}/renderer ${CMAKE_COMMAND} -E tar xzf ${archive} --touch
          package/dist/browser/standalone.js package/package.json
  DEPENDS ${CMAKE_CURRENT_LIST_FILE}
  COMMENT "Fetching ${renderer} ${renderer_version}"
  VERBATIM
)

add_custom_command(
  OUTPUT ${site}/room/node_modules/.package-lock.json
  COMMAND ${CMAKE_COMMAND} -E copy ${site_room}/package.json ${site_room}/package-lock.json ${site}/room
  COMMAND ${CMAKE_COMMAND} -E chdir ${site}/room ${NPM} ci --silent --ignore-scripts --no-audit --no-fund
  DEPENDS ${site_room}/package.json ${site_room}/package-lock.json
  COMMENT "Fetching what renders the guides"
  VERBATIM
)

file(GLOB site_parts CONFIGURE_DEPENDS ${site_room}/*.mjs ${site_room}/*.html ${site_room}/*.css ${site_room}/*.js
     ${site_room}/*.svg)
file(GLOB site_guides CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/docs/guides/*.md ${CMAKE_SOURCE_DIR}/docs/guides/snippets/*)
set(GOCHRON_SITE ${site}/files/site_files.cpp)
add_custom_command(
  OUTPUT ${GOCHRON_SITE}
  COMMAND ${CMAKE_COMMAND} -E copy ${site_parts} ${site}/room
  COMMAND ${NODE} ${site}/room/build.mjs --guides ${CMAKE_SOURCE_DIR}/docs/guides
          --renderer ${site}/renderer/package/dist/browser/standalone.js --out ${site}/files
  DEPENDS ${site_parts} ${site_guides} ${site}/renderer/package/dist/browser/standalone.js
          ${site}/room/node_modules/.package-lock.json
  COMMENT "Making the pages of /docs"
  VERBATIM
)

# On its own the command would wait, as part of the server's library, for all that this is linked with, and everything
# that is compiled there would wait for the command. What two targets have waits only for what both wait for.
add_custom_target(gochron_site DEPENDS ${GOCHRON_SITE})
