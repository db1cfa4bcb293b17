import { lazy } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { AdminAppointments } from '@/admin/AdminAppointments';
import { useSession } from '@/contexts/SessionContext';
import { NotFound } from './NotFound';
import { loadCalendar, loadCustomers, loadDevices, loadInbox, loadNumbers, loadTexts, loadUsers, startPage } from './pages';
import { RequirePermission } from './RequirePermission';
import { Shell } from './Shell';
import { SignedIn } from './SignedIn';

const Login = lazy(() => import('./Login').then((module) => ({ default: module.Login })));
const AdminCalendar = lazy(() => loadCalendar().then((module) => ({ default: module.AdminCalendar })));
const Customers = lazy(() => loadCustomers().then((module) => ({ default: module.Customers })));
const Devices = lazy(() => loadDevices().then((module) => ({ default: module.Devices })));
const Numbers = lazy(() => loadNumbers().then((module) => ({ default: module.Numbers })));
const Inbox = lazy(() => loadInbox().then((module) => ({ default: module.Inbox })));
const Texts = lazy(() => loadTexts().then((module) => ({ default: module.Texts })));
const Users = lazy(() => loadUsers().then((module) => ({ default: module.Users })));

function Start() {
  return <Navigate to={startPage(useSession().can)} replace />;
}

export function AppRoutes() {
  return (
    <Routes>
      <Route path="/login" element={<Login />} />
      <Route
        element={
          <SignedIn>
            <Shell />
          </SignedIn>
        }
      >
        <Route index element={<Start />} />
        <Route element={<RequirePermission permission="board:view" />}>
          <Route path="/board" element={<AdminAppointments />} />
          <Route path="/calendar" element={<AdminCalendar />} />
        </Route>
        <Route element={<RequirePermission permission="customer:view" />}>
          <Route path="/customers/*" element={<Customers />} />
        </Route>
        <Route element={<RequirePermission permission="message:view" flag="messaging" />}>
          <Route path="/inbox/*" element={<Inbox />} />
        </Route>
        <Route element={<RequirePermission permission="catalog:manage" flag="messaging" />}>
          <Route path="/settings/texts/*" element={<Texts />} />
        </Route>
        <Route element={<RequirePermission permission="report:view" />}>
          <Route path="/numbers" element={<Numbers />} />
        </Route>
        <Route element={<RequirePermission permission="settings:manage" />}>
          <Route path="/settings/devices" element={<Devices />} />
        </Route>
        <Route element={<RequirePermission permission="user:manage" />}>
          <Route path="/users/*" element={<Users />} />
        </Route>
        <Route path="*" element={<NotFound />} />
      </Route>
    </Routes>
  );
}
