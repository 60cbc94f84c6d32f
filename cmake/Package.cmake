# SPDX-License-Identifier: Apache-2.0
# `./dev package`: one .deb with the program, its data, the web bundle and a systemd unit.
if(NOT TARGET jinglue)
  return()
endif()
install(TARGETS jinglue RUNTIME DESTINATION bin)
install(DIRECTORY rules registers drills data DESTINATION share/jinglue)
install(DIRECTORY web/dist/ DESTINATION share/jinglue/web OPTIONAL)
install(FILES README.md CHANGELOG.md LICENSE NOTICE DESTINATION share/doc/jinglue)
install(FILES packaging/jinglue.service DESTINATION /lib/systemd/system)
install(FILES packaging/jinglue.toml DESTINATION /etc/jinglue)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME jinglue)
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_CONTACT "Jinglue authors <jinglue@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Watch of the sea and records of a coastal authority")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "tzdata, adduser | passwd")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "xz-utils")  # jinglue import of .xz files
set(CPACK_DEBIAN_PACKAGE_SECTION misc)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  "${CMAKE_SOURCE_DIR}/packaging/postinst;${CMAKE_SOURCE_DIR}/packaging/conffiles")
include(CPack)
