// Common emoji by category with the names that Discord's client gives them: for the picker and for `:name:`.

const LISTS = {
  People: `
    grinning 😀 smiley 😃 smile 😄 grin 😁 laughing 😆 sweat_smile 😅 joy 😂 rofl 🤣 slight_smile 🙂 upside_down 🙃
    wink 😉 blush 😊 innocent 😇 smiling_face_with_3_hearts 🥰 heart_eyes 😍 star_struck 🤩 kissing_heart 😘
    yum 😋 stuck_out_tongue 😛 stuck_out_tongue_winking_eye 😜 zany_face 🤪 money_mouth 🤑 hugging 🤗
    face_with_hand_over_mouth 🤭 shushing_face 🤫 thinking 🤔 saluting_face 🫡 zipper_mouth 🤐
    face_with_raised_eyebrow 🤨 neutral_face 😐 expressionless 😑 no_mouth 😶 smirk 😏 unamused 😒
    rolling_eyes 🙄 grimacing 😬 relieved 😌 pensive 😔 sleepy 😪 drooling_face 🤤 sleeping 😴 mask 😷
    face_with_thermometer 🤒 nauseated_face 🤢 sneezing_face 🤧 hot_face 🥵 cold_face 🥶 woozy_face 🥴
    exploding_head 🤯 cowboy 🤠 partying_face 🥳 sunglasses 😎 nerd 🤓 face_with_monocle 🧐 confused 😕 worried 😟
    open_mouth 😮 hushed 😯 astonished 😲 flushed 😳 pleading_face 🥺 fearful 😨 cold_sweat 😰 cry 😢 sob 😭
    scream 😱 disappointed 😞 sweat 😓 weary 😩 tired_face 😫 yawning_face 🥱 triumph 😤 rage 😡 angry 😠
    face_with_symbols_over_mouth 🤬 smiling_imp 😈 skull 💀 poop 💩 clown 🤡 ghost 👻 alien 👽 robot 🤖
    wave 👋 raised_hand ✋ vulcan 🖖 ok_hand 👌 pinched_fingers 🤌 v ✌️ fingers_crossed 🤞 metal 🤘 call_me 🤙
    point_left 👈 point_right 👉 point_up_2 👆 point_down 👇 thumbsup 👍 thumbsdown 👎 fist ✊ punch 👊 clap 👏
    raised_hands 🙌 heart_hands 🫶 open_hands 👐 handshake 🤝 pray 🙏 writing_hand ✍️ muscle 💪 eyes 👀 eye 👁️
    brain 🧠 baby 👶 child 🧒 adult 🧑 older_adult 🧓 detective 🕵️ ninja 🥷 mage 🧙 fairy 🧚 vampire 🧛
    zombie 🧟 person_shrugging 🤷 person_facepalming 🤦 person_bowing 🙇 dancer 💃 people_hugging 🫂`,
  Nature: `
    dog 🐶 cat 🐱 mouse 🐭 hamster 🐹 rabbit 🐰 fox 🦊 bear 🐻 panda_face 🐼 koala 🐨 tiger 🐯 lion_face 🦁 cow 🐮
    pig 🐷 frog 🐸 monkey_face 🐵 see_no_evil 🙈 chicken 🐔 penguin 🐧 bird 🐦 hatching_chick 🐣 duck 🦆 eagle 🦅
    owl 🦉 bat 🦇 wolf 🐺 horse 🐴 unicorn 🦄 bee 🐝 bug 🐛 butterfly 🦋 snail 🐌 lady_beetle 🐞 spider 🕷️
    turtle 🐢 snake 🐍 dragon_face 🐲 octopus 🐙 crab 🦀 fish 🐟 dolphin 🐬 whale 🐳 shark 🦈 elephant 🐘
    hedgehog 🦔 cactus 🌵 evergreen_tree 🌲 palm_tree 🌴 seedling 🌱 herb 🌿 four_leaf_clover 🍀 maple_leaf 🍁
    mushroom 🍄 bouquet 💐 tulip 🌷 rose 🌹 sunflower 🌻 cherry_blossom 🌸 earth_africa 🌍 full_moon 🌕
    crescent_moon 🌙 star ⭐ star2 🌟 sparkles ✨ zap ⚡ fire 🔥 boom 💥 sunny ☀️ cloud ☁️ rainbow 🌈 cloud_rain 🌧️
    snowflake ❄️ snowman ⛄ ocean 🌊 droplet 💧`,
  Food: `
    apple 🍎 tangerine 🍊 lemon 🍋 banana 🍌 watermelon 🍉 grapes 🍇 strawberry 🍓 cherries 🍒 peach 🍑
    pineapple 🍍 coconut 🥥 avocado 🥑 tomato 🍅 eggplant 🍆 corn 🌽 carrot 🥕 bread 🍞 croissant 🥐 cheese 🧀
    egg 🥚 bacon 🥓 pancakes 🥞 hamburger 🍔 fries 🍟 pizza 🍕 hotdog 🌭 taco 🌮 ramen 🍜 spaghetti 🍝 sushi 🍣
    rice 🍚 stew 🍲 salad 🥗 popcorn 🍿 icecream 🍦 doughnut 🍩 cookie 🍪 cake 🍰 birthday 🎂 chocolate_bar 🍫
    candy 🍬 honey_pot 🍯 milk 🥛 coffee ☕ tea 🍵 beer 🍺 beers 🍻 wine_glass 🍷 cocktail 🍸 champagne 🍾`,
  Activities: `
    soccer ⚽ basketball 🏀 football 🏈 baseball ⚾ tennis 🎾 volleyball 🏐 8ball 🎱 ping_pong 🏓 trophy 🏆
    first_place 🥇 second_place 🥈 third_place 🥉 medal 🏅 dart 🎯 video_game 🎮 game_die 🎲 chess_pawn ♟️ jigsaw 🧩
    performing_arts 🎭 art 🎨 clapper 🎬 microphone 🎤 headphones 🎧 musical_note 🎵 notes 🎶 guitar 🎸 violin 🎻
    drum 🥁 tada 🎉 confetti_ball 🎊 balloon 🎈 gift 🎁 ticket 🎫 jack_o_lantern 🎃 christmas_tree 🎄 crystal_ball 🔮`,
  Travel: `
    red_car 🚗 bus 🚌 racing_car 🏎️ bike 🚲 train 🚆 airplane ✈️ rocket 🚀 flying_saucer 🛸 helicopter 🚁 sailboat ⛵
    ship 🚢 anchor ⚓ construction 🚧 map 🗺️ mountain ⛰️ volcano 🌋 camping 🏕️ beach 🏖️ house 🏠 office 🏢
    hospital 🏥 school 🏫 castle 🏰 tent ⛺ stadium 🏟️ statue_of_liberty 🗽 sunrise 🌅 night_with_stars 🌃 bridge_at_night 🌉`,
  Objects: `
    watch ⌚ iphone 📱 computer 💻 keyboard ⌨️ desktop 🖥️ camera 📷 tv 📺 radio 📻 alarm_clock ⏰ hourglass ⌛
    battery 🔋 bulb 💡 flashlight 🔦 candle 🕯️ moneybag 💰 coin 🪙 gem 💎 scales ⚖️ toolbox 🧰 wrench 🔧 hammer 🔨
    gear ⚙️ link 🔗 magnet 🧲 bomb 💣 crossed_swords ⚔️ shield 🛡️ bow_and_arrow 🏹 pill 💊 syringe 💉 test_tube 🧪
    microscope 🔬 telescope 🔭 broom 🧹 key 🔑 lock 🔒 unlock 🔓 door 🚪 bed 🛏️ teddy_bear 🧸 envelope ✉️
    incoming_envelope 📨 package 📦 scroll 📜 page_facing_up 📄 bar_chart 📊 chart_with_upwards_trend 📈 calendar 📅
    card_box 🗃️ wastebasket 🗑️ newspaper 📰 book 📖 books 📚 bookmark 🔖 label 🏷️ paperclip 📎 pushpin 📌 scissors ✂️
    pencil 📝 paintbrush 🖌️ mag 🔍 bell 🔔 loudspeaker 📢 speech_balloon 💬 thought_balloon 💭`,
  Symbols: `
    heart ❤️ orange_heart 🧡 yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 black_heart 🖤 white_heart 🤍
    broken_heart 💔 two_hearts 💕 sparkling_heart 💖 100 💯 anger 💢 dizzy 💫 zzz 💤 white_check_mark ✅
    ballot_box_with_check ☑️ x ❌ o ⭕ no_entry ⛔ warning ⚠️ question ❓ exclamation ❗ bangbang ‼️ recycle ♻️
    information_source ℹ️ arrow_right ➡️ arrow_left ⬅️ arrow_up ⬆️ arrow_down ⬇️ repeat 🔁 rewind ⏪ fast_forward ⏩
    arrow_forward ▶️ pause_button ⏸️ stop_button ⏹️ heavy_plus_sign ➕ heavy_minus_sign ➖ infinity ♾️ red_circle 🔴
    orange_circle 🟠 yellow_circle 🟡 green_circle 🟢 blue_circle 🔵 purple_circle 🟣 black_circle ⚫ white_circle ⚪
    checkered_flag 🏁 triangular_flag_on_post 🚩 rainbow_flag 🏳️‍🌈 pirate_flag 🏴‍☠️`,
};

/** Categories in order: `{ name, emoji: [{ name, text }] }`. */
export const CATEGORIES = Object.entries(LISTS).map(([name, list]) => {
  const words = list.trim().split(/\s+/);
  const emoji = [];
  for (let at = 0; at + 1 < words.length; at += 2) emoji.push({ name: words[at], text: words[at + 1] });
  return { name, emoji };
});

/** All of them in order. */
export const EMOJI = CATEGORIES.flatMap((category) => category.emoji);

const byName = new Map(EMOJI.map(({ name, text }) => [name, text]));

/** The emoji of a name without colons, or null. */
export const emojiNamed = (name) => byName.get(name) ?? null;

/** Those whose names hold what is typed, best first, at most `most`. */
export function searchEmoji(typed, most = EMOJI.length) {
  const query = typed.trim().toLowerCase().replace(/[\s:]+/g, "_").replace(/^_+|_+$/g, "");
  if (query === "") return EMOJI.slice(0, most);
  const begins = EMOJI.filter(({ name }) => name.startsWith(query));
  const holds = EMOJI.filter(({ name }) => !name.startsWith(query) && name.includes(query));
  return [...begins, ...holds].slice(0, most);
}
