module.exports = require('../tools/nest-lane-resolver.cjs')(__dirname);
