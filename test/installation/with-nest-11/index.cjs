/** The copy of Nest that this package has. */
exports.NestFactory = require('@nestjs/core').NestFactory;
