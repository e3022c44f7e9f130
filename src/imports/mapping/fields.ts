// The fields of each kind of import, with the names that columns have in files, without accents, case and punctuation. The first
// name is the field's own; the order of the names is the order of preference.
import type { z } from "zod";
import { foldedName } from "../formats/cells.ts";
import type { ImportKind } from "../schema.ts";

type Kind = z.infer<typeof ImportKind>;

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Names that may also be written with a percent sign, before or after. */
const withPercent = (text: string): string[] =>
  words(text).flatMap((name) => [name, `${name}percent`, `percent${name}`]);

/** What the number of a document is called, such as `Nº Factura`, `Num. pedido` and `Numéro de commande`. */
const numbered = (nouns: string): string[] =>
  words(nouns).flatMap((noun) =>
    ["n", "no", "nro", "num", "node", "numero", "numerode", "numeroda", "numerodo"].map(
      (prefix) => `${prefix}${noun}`,
    ),
  );

const barcodes =
  words(`barcode barcodes ean ean13 ean8 gtin upc upccode variantbarcode codigobarras codigodebarras codigobarra codigodebarra codigoean
  strichcode barcodeean eancode codebarre codebarres codeabarres codebarras`);

/** What a column of a tax is called, of its rate if with a percent sign, else of its amount. */
const taxNames = words(
  "tax taxes vat gst iva igic impuesto impuestos mwst ust umsatzsteuer steuer tva taxe imposto impostos",
);

/** The fields of a sale line. */
export const SALE_FIELDS = [
  "InvoiceNo",
  "StockCode",
  "Barcode",
  "Description",
  "Quantity",
  "Unit",
  "InvoiceDate",
  "Time",
  "UnitPrice",
  "Amount",
  "Discount",
  "LineDiscount",
  "CustomerID",
  "CustomerEmail",
  "CustomerName",
  "Country",
  "Seller",
  "PaymentMethod",
  "TaxRate",
  "Currency",
  "Status",
  "Type",
  "Cancelled",
  "Refunded",
  "LineType",
  "KeptQuantity",
  "RefundedAmount",
  "Shipping",
  "ShippingTax",
  "ShippingDiscount",
  "Tax",
  "CollectedTax",
  "Total",
  "KeptTotal",
] as const;

export type SaleField = (typeof SALE_FIELDS)[number];

const saleNames: Partial<Record<SaleField, string[]>> = {
  InvoiceNo: [
    ...words(`invoiceno invoice invoicenumber invoiceid invoicenum receiptnumber receiptno receipt receiptid ordernumber
    orderno orderid order ordername transactionid transactionno transaction saleid salenumber saleno ticketnumber ticketno ticket
    billnumber billno bill documentnumber documentno
    factura ticket pedido idpedido idventa venta documento
    rechnungsnummer rechnungsnr rechnungnr rechnung belegnummer belegnr beleg bonnummer bonnr bon bestellnummer bestellnr auftragsnummer
    kassenbon kassenbonnr quittungsnummer
    commande idcommande fatura recibo codigovenda
    number numero nummer`),
    ...numbered(
      "factura ticket pedido recibo venta documento albaran fatura venda facture commande vente ticketdecaisse pedidovenda",
    ),
  ],
  StockCode:
    words(`stockcode sku productcode productsku itemsku itemcode articlecode articleno articlenumber itemno itemnumber productid
    itemid variantsku lineitemsku plu
    codigo codigoarticulo codigodearticulo codarticulo codigoproducto codigodeproducto codproducto referencia ref articulocodigo
    idproducto idarticulo cod
    artikelnummer artikelnr artnr artikelcode produktnummer produktcode
    referencearticle referenceproduit reference codearticle codeproduit refarticle
    codigodoproduto codigodoartigo codigoproduto codigoartigo codprod
    code`),
  Barcode: barcodes,
  Description:
    words(`description itemname productname producttitle product item lineitemname itemdescription productdescription article
    title details articlename
    descripcion articulo producto nombre nombrearticulo nombreproducto nombredelarticulo nombredelproducto concepto detalle
    bezeichnung artikelbezeichnung artikel produkt produktname artikelname beschreibung
    designation libelle produit nomproduit nomduproduit nomarticle intitule
    descricao artigo produto nomeproduto nomedoproduto nomeartigo item`),
  Quantity:
    words(`quantity qty quantityordered quantitysold itemquantity lineitemquantity units unitssold count pieces
    cantidad cant unidades uds ud cantidadvendida
    menge anzahl stuck stueck stk stuckzahl
    quantite qte unites
    quantidade qtd qtde qde qtdvendida`),
  InvoiceDate:
    words(`invoicedate date datetime orderdate saledate dateofsale createdat created purchasedate transactiondate solddate
    orderedat paidat placedat timestamp createdutc
    fecha fechahora fechayhora fechafactura fechadefactura fechaventa fechadeventa fechapedido fechaticket fechadelpedido
    datum rechnungsdatum belegdatum bestelldatum verkaufsdatum datumuhrzeit kaufdatum
    datefacture datedefacture datecommande datedecommande datevente datedevente dateheure
    data datahora datadavenda datavenda datafatura datadafatura datadopedido datapedido`),
  Time: words("time saletime ordertime timeofsale hora horaventa uhrzeit zeit heure heurevente horavenda"),
  UnitPrice:
    words(`unitprice unitpriceincltax unitpriceinclvat priceincltax priceinclvat preciounitarioconiva precioconiva pvpconiva bruttopreis puttc prixttc
    prixunitairettc precocomiva price itemprice priceperunit priceeach sellingprice salesprice lineitemprice itemcost rate retailprice
    preciounitario precio preciounidad precioud pvp preciodeventa precioventa punitario pvpunitario
    einzelpreis stuckpreis preis verkaufspreis vkpreis preisprostuck
    prixunitaire prix pu prixdevente
    precounitario preco precodevenda valorunitario precovenda vlrunitario`),
  Amount: words(`amount linetotal linetotalamount total sales totalprice totalamount subtotal revenue gross
    importe importetotal totallinea
    gesamtpreis betrag gesamt summe gesamtbetrag umsatz
    montant montantttc prixtotal totalttc
    valortotal valor montante totallinha`),
  Discount: withPercent("discount discountamount linediscount descuento dto rabatt nachlass remise desconto"),
  CustomerID:
    words(`customerid customercode customerno customernumber clientid clientcode customeremail customer client email buyeremail
    buyer accountid customername clientname billingname
    idcliente codigocliente codigodecliente codcliente ncliente numerocliente cliente nombrecliente nombredelcliente correo
    kundennummer kundennr kunde kundenname kundenid
    numeroclient nclient idclient codeclient nomclient courriel
    codigodocliente numerodocliente nomecliente nomedocliente`),
  CustomerEmail: words(`customeremail clientemail buyeremail billingemail emailbilling email emailaddress
    emailcliente emaildelcliente correo correoelectronico correocliente
    kundenemail emailadresse courriel emailclient emaildocliente`),
  CustomerName: words(`customername clientname buyername billingname customerfullname customer client
    nombrecliente nombredelcliente cliente kundenname kunde nomclient nomduclient nomecliente nomedocliente`),
  Country:
    words(`country shippingcountry billingcountry countrycode shipcountry customercountry destinationcountry
    pais paisenvio paisdeenvio paisdestino
    land lieferland
    pays paysdelivraison
    paisdeenvio paisdodestino`),
  Seller:
    words(`seller selleremail sellername salesperson salespersonemail salesrep soldby servedby employee employeeemail employeename
    staff staffemail staffmember cashier cashieremail cashiername clerk
    vendedor vendedora empleado empleada emailvendedor atendidopor dependiente cajero cajera
    verkaufer mitarbeiter kassierer kassiererin bediener bedienung
    vendeur vendeuse caissier caissiere employe
    funcionario atendente operadordecaixa`),
  PaymentMethod:
    words(`paymentmethod paymenttype paymentmode methodofpayment paidby paidwith tender tendertype payment
    formadepago formapago metododepago metodopago mediodepago mediopago tipodepago tipopago pago
    zahlungsart zahlungsmethode zahlungsweise zahlungsmittel zahlart bezahlart zahlung
    moyendepaiement modedepaiement modepaiement moyenpaiement reglement modedereglement paiement
    formadepagamento metododepagamento meiodepagamento tipodepagamento pagamento`),
  Unit: words(`unit unitofmeasure measureunit uom unidaddemedida unidadmedida unidad udm
    einheit mengeneinheit masseinheit unite unitedemesure unidadedemedida unidade`),
  TaxRate: [
    ...words(`taxrate vatrate gstrate taxpct vatpct taxpercentage vatpercentage
    tipoiva tipodeiva porcentajeiva tipoimpositivo mwstsatz ustsatz steuersatz umsatzsteuersatz tauxtva tauxdetva tauxdetaxe
    taxaiva taxadeiva taxadoiva aliquota`),
    ...taxNames.flatMap((name) => [`${name}percent`, `percent${name}`]),
  ],
  Tax: [
    ...words(`taxamount vatamount linetax salestax importeiva cuotaiva cuotadeiva cuota importeimpuestos
    mwstbetrag ustbetrag steuerbetrag montanttva montanttaxe valoriva valordoiva`),
    ...taxNames,
  ],
  Currency: words("currency currencycode moneda divisa wahrung devise moeda"),
  Type: words(`type saletype transactiontype receipttype documenttype doctype ordertype eventtype invoicetype
    tipo tipodocumento tipodedocumento tipodoc tipoventa tipodeventa tipooperacion tipodeoperacion tipofactura tipodefactura tipoticket operacion
    belegart belegtyp vorgang vorgangsart buchungstyp buchungsart dokumenttyp typ
    typedocument typededocument typedevente tipodevenda`),
  Cancelled:
    words(`cancelled canceled iscancelled iscanceled voided isvoid isvoided void deleted isdeleted cancelledat canceledat voidedat
    anulado anulada anulacion cancelado cancelada fechaanulacion fechadeanulacion
    storno storniert stornokennzeichen storniertam annule annulee`),
  Refunded:
    words(`refunded isrefund isrefunded refundedamount amountrefunded refundamount refundtotal totalrefunded
    returned isreturn isreturned returnedquantity returnedqty quantityreturned qtyreturned refundedquantity refundedqty quantityrefunded
    qtyrefunded devuelto devolucion esdevolucion importedevuelto importereembolsado reembolso cantidaddevuelta unidadesdevueltas
    erstattet erstattung erstattungsbetrag retoure retourmenge rembourse montantrembourse quantiteretournee devolucao valordevolvido`),
  Status: words(
    "status orderstatus state paymentstatus financialstatus invoicestatus estado estadopedido bestellstatus statut etat situacao",
  ),
};

/** Whether a column of this name may have the amounts or the rates of a tax. */
export const isVagueTax = (name: string): boolean => taxNames.includes(foldedName(name));

/** The columns of a file of products in the layout of this API. */
export const productLayout = {
  required: ["sku", "title", "price"],
  optional: [
    "cost",
    "unit",
    "tax_rate",
    "stock",
    "description",
    "category",
    "isbn",
    "barcodes",
    "author",
    "publisher",
    "language",
    "pages",
    "publication_year",
    "cover_image_url",
    "rating",
    "series",
    "low_stock_threshold",
    "is_active",
  ],
} as const;

/** The fields of a product: the columns of this API, and what files of other programs have besides. */
export const PRODUCT_FIELDS = [
  ...productLayout.required,
  ...productLayout.optional,
  "Currency",
  "RegularPrice",
  "Type",
  "Option",
  "Option2",
  "Option3",
  "Handle",
] as const;

export type ProductField = (typeof PRODUCT_FIELDS)[number];

const productNames: Partial<Record<ProductField, string[]>> = {
  sku: words(`sku stockcode productcode itemcode articlecode articlenumber itemnumber reference variantsku plu internalreference defaultcode
    codigo codigoarticulo codigodearticulo codigoproducto codigodeproducto referencia ref artikelnummer artikelnr codearticle codeproduit
    referenceproduit codigodoproduto codigoproduto codigodoartigo code`),
  title: words(`title name productname producttitle itemname product item
    nombre nombreproducto nombredelproducto articulo producto titulo
    bezeichnung artikelbezeichnung produktname artikelname artikel produkt
    nom nomproduit nomduproduit designation libelle produit titre
    nome nomeproduto nomedoproduto produto artigo`),
  price:
    words(`priceincltax priceinclvat precioconiva pvpconiva bruttopreis prixttc precocomiva price unitprice sellingprice salesprice saleprice retailprice variantprice listprice regularprice
    precio pvp precioventa preciodeventa preciounitario preis verkaufspreis vkpreis einzelpreis prix prixdevente prixunitaire
    preco precodevenda precounitario`),
  cost: words(`cost costprice unitcost costperitem purchaseprice buyingprice wholesaleprice supplyprice averagecost
    coste costo costeunitario preciodecoste preciocoste preciodecompra preciocompra einkaufspreis ekpreis ek einstandspreis
    prixdachat prixachat coutunitaire cout precodecusto precocusto custo precodecompra`),
  unit: words(`unit unitofmeasure measureunit uom unidad unidaddemedida unidadmedida einheit mengeneinheit unite unitedemesure
    unidade unidadedemedida`),
  tax_rate: [
    ...words(
      "taxrate vat vatrate tax iva tipoiva tipodeiva mwst mwstsatz ust steuersatz tva tauxtva tauxdetva taxaiva taxadeiva",
    ),
    ...taxNames.flatMap((name) => [`${name}percent`, `percent${name}`]),
  ],
  stock:
    words(`stock stockquantity quantityonhand onhand qtyonhand quantityinstock inventory inventoryquantity variantinventoryqty quantity qty
    existencias stockactual cantidad unidades bestand lagerbestand menge quantite quantiteenstock estoque quantidade`),
  description: words("description descripcion beschreibung descriptif descricao productdescription"),
  category: words(
    "category categories producttype type department categoria categorias familia kategorie warengruppe categorie famille",
  ),
  isbn: words("isbn isbn13 isbn10"),
  barcodes,
  author: words("author authors autor autores auteur"),
  publisher: words("publisher editorial verlag editeur editora"),
  language: words("language idioma sprache langue"),
  pages: words("pages numpages paginas seiten nombredepages"),
  publication_year: words("publicationyear year originalpublicationyear anio ano erscheinungsjahr annee"),
  cover_image_url: words("coverimageurl imageurl image imagesrc imagen bild"),
  rating: words("rating averagerating valoracion bewertung note avaliacao"),
  series: words("series serie"),
  is_active: words("isactive"),
  Currency: words("currency currencycode moneda divisa wahrung devise moeda"),
  low_stock_threshold: words(
    "lowstockthreshold reorderpoint lowstocklevel lowstockamount stockminimo mindestbestand stockminimum",
  ),
};

export const FIELDS = { sales: SALE_FIELDS, products: PRODUCT_FIELDS } as const;

/** The names that columns of each field have. */
export const NAMES: Record<Kind, Partial<Record<string, string[]>>> = {
  sales: saleNames,
  products: productNames,
};
