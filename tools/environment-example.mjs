#!/usr/bin/env node
/** Writes .env.example from the configuration of all built apps. */
import { writeEnvironmentExample } from './checks/environment-example.mjs';

await writeEnvironmentExample();
