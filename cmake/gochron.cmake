# House rules for every target.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

set(GOCHRON_SANITIZE "" CACHE STRING "Value of -fsanitize=, or empty")
if(GOCHRON_SANITIZE)
  add_compile_options(-fsanitize=${GOCHRON_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${GOCHRON_SANITIZE})
  if(GOCHRON_SANITIZE MATCHES thread)
    # Asio uses fences, which TSan does not model; what they order is inside Asio.
    add_compile_options(-Wno-tsan)
  endif()
  if(GOCHRON_SANITIZE MATCHES undefined)
    # CAF forms references to null in init_fun_factory.hpp. The check of vptrs asks the kernel through a pipe whether the
    # object's memory can be read, and without a free descriptor, which one test arranges, takes every object for a
    # wrong one. Any other report ends the process.
    add_compile_options(-fno-sanitize=null,vptr -fno-sanitize-recover=all)
  endif()
endif()

option(GOCHRON_FUZZ "Build libFuzzer targets; needs clang" OFF)
if(GOCHRON_FUZZ)
  # Coverage everywhere, so that the fuzzers see their way through every room. GCC's build is where warnings are errors.
  # Without the check of function types, whose data clang 14 cannot place in coroutines.
  add_compile_options(-fsanitize=fuzzer-no-link -fno-sanitize=function)
  # Clang 14 has coroutines but does not say so, and Boost 1.74 then takes libc++'s experimental ones.
  add_compile_definitions(__cpp_impl_coroutine=201902L BOOST_ASIO_HAS_CO_AWAIT BOOST_ASIO_HAS_STD_COROUTINE)
endif()

# The warnings every line of ours must pass; third-party headers come in as system headers.
add_library(gochron_house INTERFACE)
target_compile_options(gochron_house INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
# Optimising, GCC 12 takes the list in a default member initialiser for uninitialised. Debug builds still look.
target_compile_options(gochron_house INTERFACE $<$<BOOL:${GOCHRON_FUZZ}>:-Wno-error;-w>)
target_compile_options(gochron_house INTERFACE $<$<CONFIG:Release>:-Wno-maybe-uninitialized>)

# gochron_room(<name> DEPENDS <targets>... SOURCES <files>...)
# One static library a room. Its headers are included as "<name>/file.hpp", and only by targets that depend on it: the
# include path of a room is a folder that holds a link to the room alone.
function(gochron_room name)
  cmake_parse_arguments(ROOM "" "" "DEPENDS;SOURCES" ${ARGN})
  set(door ${CMAKE_BINARY_DIR}/rooms/${name})
  file(MAKE_DIRECTORY ${door})
  file(CREATE_LINK ${CMAKE_SOURCE_DIR}/${name} ${door}/${name} SYMBOLIC)
  if(ROOM_SOURCES)
    add_library(gochron_${name} STATIC ${ROOM_SOURCES})
    target_include_directories(gochron_${name} PUBLIC ${CMAKE_SOURCE_DIR}/include ${door})
    target_link_libraries(gochron_${name} PUBLIC ${ROOM_DEPENDS} PRIVATE gochron_house)
  else()
    add_library(gochron_${name} INTERFACE)
    target_include_directories(gochron_${name} INTERFACE ${CMAKE_SOURCE_DIR}/include ${door})
    target_link_libraries(gochron_${name} INTERFACE ${ROOM_DEPENDS})
  endif()
endfunction()

# gochron_test(<name> DEPENDS <targets>... SOURCES <files>... [TIMEOUT seconds])
# One Catch2 binary; ctest runs it whole.
function(gochron_test name)
  cmake_parse_arguments(TEST "" "TIMEOUT" "DEPENDS;SOURCES" ${ARGN})
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 300)
  endif()
  add_executable(${name} ${TEST_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${TEST_DEPENDS} gochron_house ${CATCH2_MAIN})
  add_dependencies(unit_tests ${name})
  add_test(NAME ${name} COMMAND ${name} --order rand --rng-seed time)
  set_tests_properties(${name} PROPERTIES TIMEOUT ${TEST_TIMEOUT})
  if(GOCHRON_SANITIZE MATCHES thread)
    set_tests_properties(${name} PROPERTIES
      ENVIRONMENT "TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/tsan.supp")
  endif()
endfunction()
