import {
  createSchedule,
  deleteSchedule,
  getSchedule,
  listSchedules,
  previewSchedule,
  updateSchedule,
} from '@rpa/contracts';
import { route, type RouteDefinition } from '../http/define-route.js';

/** Schedules: a view of the triggers of that type. */
export const SCHEDULE_ROUTES: readonly RouteDefinition[] = [
  route({ method: 'GET', path: '/schedules', command: listSchedules }),
  route({
    method: 'POST',
    path: '/schedules',
    command: createSchedule,
    status: 201,
    location: (schedule) => `/schedules/${schedule.id}`,
    etag: (schedule) => schedule.revision,
  }),
  route({ method: 'POST', path: '/schedules/preview', command: previewSchedule }),
  route({ method: 'GET', path: '/schedules/{id}', command: getSchedule, etag: (schedule) => schedule.revision }),
  route({
    method: 'PUT',
    path: '/schedules/{id}',
    command: updateSchedule,
    ifMatch: true,
    etag: (schedule) => schedule.revision,
  }),
  route({ method: 'DELETE', path: '/schedules/{id}', command: deleteSchedule, status: 204 }),
];
