-- Customers have registered themselves. Who was one and is staff by now is not known any more.
UPDATE users SET self_registered = 1 WHERE role = 'CUSTOMER' AND erased_at IS NULL;
