// The fields of each kind of import, with the names that columns have in files, without accents, case and punctuation. The first
// name is the field's own; the order of the names is the order of preference.
import type { z } from "zod";
import type { ImportKind } from "../schema.ts";

type Kind = z.infer<typeof ImportKind>;

const words = (text: string): string[] => text.trim().split(/\s+/);

/** The fields of a sale line. */
export const SALE_FIELDS = [
  "InvoiceNo",
  "StockCode",
  "Description",
  "Quantity",
  "InvoiceDate",
  "Time",
  "UnitPrice",
  "Amount",
  "Discount",
  "CustomerID",
  "Country",
  "Seller",
  "Currency",
  "Status",
  "LineType",
  "KeptQuantity",
  "RefundedAmount",
  "Shipping",
  "ShippingTax",
  "Tax",
  "Total",
] as const;

export type SaleField = (typeof SALE_FIELDS)[number];

const saleNames: Partial<Record<SaleField, string[]>> = {
  InvoiceNo:
    words(`invoiceno invoice invoicenumber invoiceid invoicenum receiptnumber receiptno receipt receiptid ordernumber
    orderno orderid order ordername transactionid transactionno transaction saleid salenumber saleno ticketnumber ticketno ticket
    billnumber billno bill documentnumber documentno
    nfactura numerofactura numfactura nofactura factura numerodefactura nodefactura nticket numeroticket numticket numerodeticket
    npedido numeropedido numerodepedido numpedido pedido idpedido idventa nventa venta numerodocumento ndocumento documento
    rechnungsnummer rechnungsnr rechnungnr rechnung belegnummer belegnr beleg bonnummer bonnr bon bestellnummer bestellnr auftragsnummer
    nfacture numerofacture numerodefacture nodefacture nofacture facture ncommande numerocommande numerodecommande commande idcommande
    nticketdecaisse numeroticketcaisse
    nfatura numerofatura numerodafatura fatura numerorecibo recibo numeropedidovenda numerodopedido codigovenda numerodavenda
    number numero nummer`),
  StockCode:
    words(`stockcode sku productcode productsku itemsku itemcode articlecode articleno articlenumber itemno itemnumber productid
    itemid variantsku lineitemsku barcode ean ean13 upc gtin plu
    codigo codigoarticulo codigodearticulo codarticulo codigoproducto codigodeproducto codproducto referencia ref articulocodigo codigobarras
    codigodebarras idproducto idarticulo cod
    artikelnummer artikelnr artnr artikelcode produktnummer produktcode
    referencearticle referenceproduit reference codearticle codeproduit codebarre codebarres refarticle
    codigodoproduto codigodoartigo codigoproduto codigoartigo codigodebarra codprod codigobarra
    code`),
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
    words(`unitprice price itemprice priceperunit priceeach sellingprice salesprice lineitemprice itemcost rate retailprice
    preciounitario precio preciounidad precioud pvp preciodeventa precioventa punitario pvpunitario
    einzelpreis stuckpreis preis verkaufspreis vkpreis preisprostuck
    prixunitaire prix pu puttc prixttc prixdevente prixunitairettc
    precounitario preco precodevenda valorunitario precovenda vlrunitario`),
  Amount: words(`amount linetotal linetotalamount total sales totalprice totalamount subtotal revenue gross
    importe importetotal totallinea
    gesamtpreis betrag gesamt summe gesamtbetrag umsatz
    montant montantttc prixtotal totalttc
    valortotal valor montante totallinha`),
  Discount: words("discount discountamount linediscount descuento dto rabatt nachlass remise desconto"),
  CustomerID:
    words(`customerid customercode customerno customernumber clientid clientcode customeremail customer client email buyeremail
    buyer accountid customername clientname billingname
    idcliente codigocliente codigodecliente codcliente ncliente numerocliente cliente nombrecliente nombredelcliente correo
    kundennummer kundennr kunde kundenname kundenid
    numeroclient nclient idclient codeclient nomclient courriel
    codigodocliente numerodocliente nomecliente nomedocliente`),
  Country:
    words(`country shippingcountry billingcountry countrycode shipcountry customercountry destinationcountry
    pais paisenvio paisdeenvio paisdestino
    land lieferland
    pays paysdelivraison
    paisdeenvio paisdodestino`),
  Seller:
    words(`seller selleremail salesperson salespersonemail employee employeeemail staffemail cashieremail
    vendedor empleado emailvendedor verkaufer mitarbeiter vendeur`),
  Currency: words("currency currencycode moneda divisa wahrung devise moeda"),
  Status: words(
    "status orderstatus state paymentstatus financialstatus invoicestatus estado estadopedido bestellstatus statut etat situacao",
  ),
};

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
  ],
} as const;

/** The fields of a product: the columns of this API, and what files of other programs have besides. */
export const PRODUCT_FIELDS = [
  ...productLayout.required,
  ...productLayout.optional,
  "RegularPrice",
  "Type",
  "Option",
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
    words(`price unitprice sellingprice salesprice saleprice retailprice variantprice listprice regularprice
    precio pvp precioventa preciodeventa preciounitario preis verkaufspreis vkpreis einzelpreis prix prixdevente prixttc prixunitaire
    preco precodevenda precounitario`),
  cost: words(
    "cost costprice unitcost costperitem coste preciodecoste einkaufspreis prixdachat precodecusto",
  ),
  unit: words("unit unitofmeasure uom unidad einheit unite unidade"),
  tax_rate: words("taxrate vat vatrate tax iva tipoiva mwst mwstsatz ust tva tauxtva taxadeiva"),
  stock:
    words(`stock stockquantity quantityonhand onhand qtyonhand quantityinstock inventory inventoryquantity variantinventoryqty quantity qty
    existencias stockactual cantidad unidades bestand lagerbestand menge quantite quantiteenstock estoque quantidade`),
  description: words("description descripcion beschreibung descriptif descricao productdescription"),
  category: words(
    "category categories producttype type department categoria categorias familia kategorie warengruppe categorie famille",
  ),
  isbn: words("isbn isbn13 isbn10"),
  barcodes:
    words(`barcodes barcode ean ean13 gtin upc variantbarcode codigobarras codigodebarras codigobarra strichcode barcodeean codebarre
    codebarres codebarras`),
  author: words("author authors autor autores auteur"),
  publisher: words("publisher editorial verlag editeur editora"),
  language: words("language idioma sprache langue"),
  pages: words("pages numpages paginas seiten nombredepages"),
  publication_year: words("publicationyear year originalpublicationyear anio ano erscheinungsjahr annee"),
  cover_image_url: words("coverimageurl imageurl image imagesrc imagen bild"),
  rating: words("rating averagerating valoracion bewertung note avaliacao"),
  series: words("series serie"),
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
