// Invented titles: within a category and a language every head goes with every tail.

type Titles = { heads: string[]; tails: string[] };

export const categories: { category: string; es: Titles; en: Titles }[] = [
  {
    category: "Novela",
    es: {
      heads: ["La casa", "Los inviernos", "Un verano", "El balcón", "Las cartas", "La última hija"],
      tails: [
        "de la calle Menor",
        "de Aurora Lence",
        "frente al mar",
        "de los Olmedo",
        "sin regreso",
        "entre dos puertos",
      ],
    },
    en: {
      heads: ["The House", "A Summer", "The Letters", "The Last Tenant"],
      tails: ["on Harrow Lane", "by the Estuary", "of Nora Fenwick", "without a Map"],
    },
  },
  {
    category: "Misterio",
    es: {
      heads: ["El caso", "La sombra", "El crimen", "El secreto", "La coartada", "El testigo"],
      tails: [
        "de la estación vieja",
        "del faro apagado",
        "de la calle del Sauce",
        "del cuarto azul",
        "del notario",
        "de medianoche",
      ],
    },
    en: {
      heads: ["The Clerk", "A Body", "Murder", "The Alibi"],
      tails: ["at Gull Point", "in the Orchard", "on the Night Ferry", "behind the Chapel"],
    },
  },
  {
    category: "Fantasía",
    es: {
      heads: ["El reino", "La espada", "Los dragones", "La torre", "El último mago", "Las puertas"],
      tails: [
        "de ceniza",
        "de Arvalia",
        "del invierno largo",
        "de los nueve ríos",
        "bajo la montaña",
        "de cristal negro",
      ],
    },
    en: {
      heads: ["The Crown", "A Song", "The Keepers", "Daughters"],
      tails: ["of Ash and Rain", "of Hollowmere", "of the Seventh Gate", "of Broken Stars"],
    },
  },
  {
    category: "Poesía",
    es: {
      heads: ["Cuaderno", "Canciones", "Poemas", "Elegías", "Versos", "Luz"],
      tails: [
        "de la orilla",
        "de noviembre",
        "para una ventana",
        "de agua y sal",
        "en voz baja",
        "del olivar",
      ],
    },
    en: {
      heads: ["Small Songs", "Notes", "Psalms", "Field Poems"],
      tails: ["for a Wet Spring", "from the Allotment", "after Midnight", "to the Tide"],
    },
  },
  {
    category: "Historia",
    es: {
      heads: ["Breve historia", "Crónica", "Los caminos", "La vida cotidiana", "El siglo", "Memoria"],
      tails: [
        "de los mercaderes",
        "de los puertos",
        "de la trashumancia",
        "de los faros",
        "de la imprenta",
        "de las fronteras",
      ],
    },
    en: {
      heads: ["A Short History", "The Age", "Lives", "The World"],
      tails: ["of Canals", "of the Paper Makers", "of Harbour Towns", "of the Night Mail"],
    },
  },
  {
    category: "Ciencia",
    es: {
      heads: ["La música", "El mapa", "La forma", "Los secretos", "Una guía", "El lenguaje"],
      tails: [
        "de los océanos",
        "de las abejas",
        "del azar",
        "de las estrellas",
        "de los números",
        "de la memoria",
      ],
    },
    en: {
      heads: ["The Quiet Maths", "An Atlas", "The Secret Life", "A Field Guide"],
      tails: ["of Moss", "of Chance", "of Deep Water", "of Migrating Birds"],
    },
  },
  {
    category: "Infantil",
    es: {
      heads: ["El ratón", "La tortuga", "El dragón", "La nube", "El robot", "La bruja"],
      tails: [
        "con botas rojas",
        "que perdió su sombra",
        "en bicicleta",
        "que quería volar",
        "del tercer piso",
        "y la luna de queso",
      ],
    },
    en: {
      heads: ["The Fox", "Grandpa's Robot", "A Very Small Whale", "The Button Witch"],
      tails: ["Who Lost the Moon", "and the Jam Factory", "on Wheels", "Goes to School"],
    },
  },
  {
    category: "Cocina",
    es: {
      heads: ["Cocina", "Recetas", "Guisos", "Dulces", "Sabores", "Menús"],
      tails: [
        "de temporada",
        "de la abuela Remedios",
        "del sur",
        "para días de lluvia",
        "con pocas cosas",
        "de mercado",
      ],
    },
    en: {
      heads: ["Suppers", "Pies", "Slow Cooking", "Preserves"],
      tails: ["for Rainy Evenings", "from the Corner Shop", "with Five Ingredients", "through the Year"],
    },
  },
  {
    category: "Viajes",
    es: {
      heads: ["Un viaje", "A pie", "En tren", "Notas", "Cuaderno", "Doce días"],
      tails: [
        "por la costa del norte",
        "por la sierra",
        "por pueblos sin nombre",
        "por la ruta de la sal",
        "por las islas",
        "por el desierto",
      ],
    },
    en: {
      heads: ["Walking", "By Slow Train", "A Winter", "Twelve Days"],
      tails: [
        "along the Salt Road",
        "across the Uplands",
        "round the Western Isles",
        "through Quiet Borders",
      ],
    },
  },
  {
    category: "Ensayo",
    es: {
      heads: ["Elogio", "Contra la idea", "Teoría", "Breve tratado", "Defensa", "Apuntes acerca"],
      tails: [
        "de la lentitud",
        "del silencio",
        "de la curiosidad",
        "de la conversación",
        "de la duda",
        "de las cosas pequeñas",
      ],
    },
    en: {
      heads: ["In Praise", "The Uses", "A Defence", "Six Essays in Search"],
      tails: ["of Slowness", "of Small Talk", "of Doubt", "of Empty Rooms"],
    },
  },
];
