# SPDX-License-Identifier: Apache-2.0
# Filled with install rules and CPack settings for the .deb.
