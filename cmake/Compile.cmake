# SPDX-License-Identifier: Apache-2.0
# Warnings are errors; ccache and mold when they are there; sanitizers by preset.
# Assertions stay on in every build but the package's (models.md, "We are wrong: assert").
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")
if(JINGLUE_SANITIZE)
  set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1")  # the manual of AddressSanitizer: -O1 for performance
endif()
add_library(jinglue_compile INTERFACE)
target_include_directories(jinglue_compile INTERFACE "${CMAKE_SOURCE_DIR}/src")
target_compile_options(jinglue_compile INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
  -Werror -fno-omit-frame-pointer "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False positives of g++ 12 inside std::string and std::optional at -O2 (GCC bugs 105329, 105562).
  target_compile_options(jinglue_compile INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # libstdc++ 12's own stable_sort calls its deprecated get_temporary_buffer.
  target_compile_options(jinglue_compile INTERFACE -Wno-deprecated-declarations)
endif()
if(JINGLUE_SANITIZE)
  target_compile_options(jinglue_compile INTERFACE "-fsanitize=${JINGLUE_SANITIZE}")
  target_link_options(jinglue_compile INTERFACE "-fsanitize=${JINGLUE_SANITIZE}")
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER "${CCACHE}")
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()
