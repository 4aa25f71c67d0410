// An ERP as many look over OData: customers, their contact persons, items, orders with lines.
using { cuid, managed } from '@sap/cds/common';

namespace erp;

type Currency : String(3) enum { EUR; NOK; SEK; USD; }
type Status : String enum { open; released; shipped; cancelled; }

entity Customers : cuid, managed {
  name        : String(80) not null @mandatory;
  email       : String(120);
  phone       : String(40);
  address     : { street : String(80); zip : String(12); city : String(60); country : String(2); };
  orgNumber   : String(20);
  creditLimit : Decimal(12, 2);
  rating      : Integer;
  blocked     : Boolean default false;
  since       : Date;
  currency    : Currency default 'EUR';
  contacts    : Association to many Contacts on contacts.customer = $self;
}

entity Contacts : cuid, managed {
  firstName : String(60);
  lastName  : String(60) not null @mandatory;
  email     : String(120);
  phone     : String(40);
  customer  : Association to Customers;
}

entity Items : managed {
  key sku   : String(20);
  title     : String(100) not null @mandatory;
  price     : Decimal(10, 2);
}

entity Stock : managed {
  key item  : Association to Items;
  key place : String(12);
  quantity  : Integer;
}

entity Units {
  key id : Integer;
  name   : String(40);
}

entity Orders : cuid, managed {
  number   : String(20) @Core.Immutable;
  customer : Association to Customers;
  status   : Status default 'open';
  ordered  : Date;
  remark   : String(200);
  lines    : Composition of many Lines on lines.order = $self;
}

entity Lines : cuid {
  order    : Association to Orders;
  position : Integer;
  item     : Association to Items;
  quantity : Decimal(9, 3);
  price    : Decimal(10, 2);
}

@path: '/odata/v4/erp'
@requires: 'authenticated-user'
service ErpService {
  entity Customers as projection on erp.Customers;
  entity Contacts  as projection on erp.Contacts;
  entity Items     as projection on erp.Items;
  entity Stock     as projection on erp.Stock;
  entity Orders    as projection on erp.Orders;
  entity Lines     as projection on erp.Lines;
  @readonly entity Units as projection on erp.Units;
}

annotate ErpService.Customers with { modifiedAt @odata.etag };
annotate ErpService.Contacts  with { modifiedAt @odata.etag };
annotate ErpService.Items     with { modifiedAt @odata.etag };
annotate ErpService.Stock     with { modifiedAt @odata.etag };
annotate ErpService.Orders    with { modifiedAt @odata.etag };
annotate ErpService.Stock     with @Capabilities.DeleteRestrictions.Deletable: false;
