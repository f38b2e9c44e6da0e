#!/bin/sh
# See packages.mjs. 101: "action forbidden by policy".
exit 101
