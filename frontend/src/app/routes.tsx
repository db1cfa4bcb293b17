import { lazy, useEffect } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { AdminAppointments } from '@/admin/AdminAppointments';
import { useSession } from '@/contexts/SessionContext';
import { useCoarsePointer } from '@/lib/media';
import { NotFound } from './NotFound';
import { loadAudit, loadBooks, loadCalendar, loadCatalog, loadCustomers, loadDevices, loadInbox, loadInspections, loadNumbers, loadSwitches, loadTexts, loadUsers, startPage, worksOnTablet } from './pages';
import { RequirePermission } from './RequirePermission';
import { Shell } from './Shell';
import { SignedIn } from './SignedIn';

const Login = lazy(() => import('./Login').then((module) => ({ default: module.Login })));
const AdminCalendar = lazy(() => loadCalendar().then((module) => ({ default: module.AdminCalendar })));
const Books = lazy(() => loadBooks().then((module) => ({ default: module.Books })));
const Catalog = lazy(() => loadCatalog().then((module) => ({ default: module.Catalog })));
const Customers = lazy(() => loadCustomers().then((module) => ({ default: module.Customers })));
const Devices = lazy(() => loadDevices().then((module) => ({ default: module.Devices })));
const Numbers = lazy(() => loadNumbers().then((module) => ({ default: module.Numbers })));
const Inbox = lazy(() => loadInbox().then((module) => ({ default: module.Inbox })));
const InspectionTemplates = lazy(() => loadInspections().then((module) => ({ default: module.InspectionTemplates })));
const Switches = lazy(() => loadSwitches().then((module) => ({ default: module.Switches })));
const Texts = lazy(() => loadTexts().then((module) => ({ default: module.Texts })));
const Audit = lazy(() => loadAudit().then((module) => ({ default: module.Audit })));
const Users = lazy(() => loadUsers().then((module) => ({ default: module.Users })));

function Start() {
  const { can, me } = useSession();
  const isTablet = useCoarsePointer() && worksOnTablet(can, me.flags);
  useEffect(() => {
    if (isTablet) window.location.replace('/tech');
  }, [isTablet]);
  if (isTablet) return null;
  return <Navigate to={startPage(can, me.flags)} replace />;
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
        <Route element={<RequirePermission permission="report:view" flag="payments" />}>
          <Route path="/books/*" element={<Books />} />
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
        <Route element={<RequirePermission permission="catalog:manage" />}>
          <Route path="/settings/catalog/*" element={<Catalog />} />
        </Route>
        <Route element={<RequirePermission permission="catalog:manage" flag="inspections" />}>
          <Route path="/settings/inspections" element={<InspectionTemplates />} />
        </Route>
        <Route element={<RequirePermission permission="settings:manage" />}>
          <Route path="/settings/switches" element={<Switches />} />
        </Route>
        <Route element={<RequirePermission permission="audit:view" />}>
          <Route path="/audit" element={<Audit />} />
        </Route>
        <Route element={<RequirePermission permission="report:view" />}>
          <Route path="/numbers" element={<Numbers />} />
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
